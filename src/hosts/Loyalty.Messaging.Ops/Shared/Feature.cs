using MassTransit;

namespace Loyalty.Messaging.Ops.Shared;

/// <summary>One subject of the site: everything that it adds to the program stands in one place.</summary>
internal sealed record Feature
{
    /// <summary>What it needs to be there.</summary>
    public Action<WebApplicationBuilder> Needs { get; init; } = _ => { };

    /// <summary>What it asks of workers.</summary>
    public Action<IBusRegistrationConfigurator> Bus { get; init; } = _ => { };

    /// <summary>Its routes in the API, below <c>/api/v1</c>. Any key may read; a route that does more asks for more.</summary>
    public Action<RouteGroupBuilder> Api { get; init; } = _ => { };

    /// <summary>What the forms of its pages are posted to. An operator acts; a form that needs more asks for more.</summary>
    public Action<RouteGroupBuilder> Forms { get; init; } = _ => { };

    /// <summary>Routes that are neither; each says who may use it.</summary>
    public Action<WebApplication> Routes { get; init; } = _ => { };

    /// <summary>What the tags of its routes in the API are about.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>Of what its routes in the API take and give; one of a type.</summary>
    public IReadOnlyList<object> Examples { get; init; } = [];

    /// <summary>Its pages that stand in the navigation.</summary>
    public IReadOnlyList<NavigationEntry> Navigation { get; init; } = [];
}

/// <summary>A page in the navigation of the site.</summary>
internal sealed record NavigationEntry(string Address, string Name);
