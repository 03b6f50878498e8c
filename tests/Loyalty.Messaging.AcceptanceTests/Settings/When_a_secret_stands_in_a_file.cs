using Loyalty.Messaging.AcceptanceTests.Ops;
using Loyalty.Messaging.TestKit;
using Xunit;

namespace Loyalty.Messaging.AcceptanceTests.Settings;

/// <summary>The worker of this system has its client secret from a file and from nowhere else.</summary>
[Collection(nameof(RunningSite))]
public sealed class When_a_secret_stands_in_a_file(RunningSite site)
{
    [Fact]
    public async Task It_is_used_without_the_line_end_that_editors_leave()
    {
        Assert.EndsWith("\n", await File.ReadAllTextAsync(site.ClientSecretFile), StringComparison.Ordinal);
        await site.System.Commerce.CompleteAsync(Commerce.Order("SF-1", "80075000010"));
        await site.System.OrderIsAsync("SF-1", "Issued");
    }
}
