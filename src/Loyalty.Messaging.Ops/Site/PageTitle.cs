namespace Loyalty.Messaging.Ops.Site;

/// <summary>What stands in the browser's tab; a page sets it while it is made, the frame around it reads it.</summary>
internal sealed class PageTitle
{
    public string? Text { get; set; }
}
