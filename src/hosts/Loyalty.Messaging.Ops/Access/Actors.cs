using Loyalty.Messaging.Jobs;

namespace Loyalty.Messaging.Ops.Access;

/// <summary>A person, as jobs and the audit know one.</summary>
internal static class Actors
{
    /// <summary>Who asks.</summary>
    public static Actor Actor(this HttpContext http)
    {
        var person = Person.Of(http);
        return new Actor(person.Name, person.Role, person.Identity);
    }
}
