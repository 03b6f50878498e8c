using System.Globalization;

namespace Loyalty.Messaging.Ops.Shared;

/// <summary>Instants, spans and numbers as people read them.</summary>
internal static class Wording
{
    /// <summary><c>2026-11-21T20:04:05.123Z</c>.</summary>
    public static string Iso(DateTimeOffset at) =>
        at.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary><c>2026-11-21 20:04:05</c>.</summary>
    public static string Utc(DateTimeOffset at) => at.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary><c>20:04:05.123</c>.</summary>
    public static string Clock(DateTimeOffset at) => at.ToUniversalTime().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);

    public static string Full(DateTimeOffset at) =>
        at.ToUniversalTime().ToString("dddd, d MMMM yyyy, HH:mm:ss.fff 'UTC'", CultureInfo.InvariantCulture);

    /// <summary><c>3 min ago</c>, <c>in 2 h</c>. The page's script says the same as time goes on.</summary>
    public static string Ago(DateTimeOffset at, DateTimeOffset now)
    {
        var span = now - at;
        return span < TimeSpan.Zero ? $"in {Span(-span)}"
            : span < TimeSpan.FromSeconds(5) ? "just now"
            : $"{Span(span)} ago";
    }

    /// <summary><c>42 s</c>, <c>3 min</c>, <c>5 h 10 min</c>, <c>4 d 2 h</c>.</summary>
    public static string Span(TimeSpan span) =>
        span switch
        {
            { TotalSeconds: < 60 } => $"{(int)span.TotalSeconds} s",
            { TotalMinutes: < 60 } => $"{(int)span.TotalMinutes} min",
            { TotalHours: < 24 } => $"{(int)span.TotalHours} h{(span.Minutes == 0 ? "" : $" {span.Minutes} min")}",
            _ => $"{(int)span.TotalDays} d{(span.Hours == 0 ? "" : $" {span.Hours} h")}",
        };

    public static string Number(long number) => number.ToString("#,##0", CultureInfo.InvariantCulture);

    public static string Count(long number, string one, string many) => $"{Number(number)} {(number == 1 ? one : many)}";

    public static string Miles(long miles) => Count(miles, "mile", "miles");
}
