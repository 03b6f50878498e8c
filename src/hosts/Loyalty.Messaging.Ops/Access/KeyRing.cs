using System.Xml.Linq;
using Loyalty.Messaging.Store.Keys;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Loyalty.Messaging.Ops.Access;

/// <summary>
/// The keys that protect cookies and form tokens: in the database, so that they survive a restart and are the same in every instance.
/// </summary>
internal static class KeyRing
{
    public static void AddKeyRing(this WebApplicationBuilder builder)
    {
        builder.Services.AddDataProtection().SetApplicationName("loyalty-ops");
        builder
            .Services.AddOptions<KeyManagementOptions>()
            .Configure<IServiceScopeFactory>((options, scopes) => options.XmlRepository = new Repository(scopes));
    }

    sealed class Repository(IServiceScopeFactory scopes) : IXmlRepository
    {
        public IReadOnlyCollection<XElement> GetAllElements()
        {
            using var scope = scopes.CreateScope();
            return [.. Keys(scope).All().Select(XElement.Parse)];
        }

        public void StoreElement(XElement element, string friendlyName)
        {
            using var scope = scopes.CreateScope();
            Keys(scope).Add(friendlyName, element.ToString(SaveOptions.DisableFormatting));
        }

        static DataProtectionKeys Keys(IServiceScope scope) => scope.ServiceProvider.GetRequiredService<DataProtectionKeys>();
    }
}
