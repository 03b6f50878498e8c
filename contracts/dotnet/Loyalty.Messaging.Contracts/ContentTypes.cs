namespace Loyalty.Messaging.Contracts;

/// <summary>The media types in which commerce may send an event.</summary>
public static class ContentTypes
{
    /// <summary>The event itself, and what a message without a content type is taken for.</summary>
    public const string Json = "application/json";

    /// <summary>A CloudEvent in structured mode.</summary>
    public const string CloudEvents = "application/cloudevents+json";

    /// <summary>MassTransit's envelope.</summary>
    public const string Envelope = "application/vnd.masstransit+json";
}
