namespace Loyalty.Messaging.Ops.Access;

/// <summary>
/// What the sign-in page may have to say. A code stands in the address, the sentence here: nobody can put words into the page.
/// </summary>
internal static class SignInCodes
{
    public const string WrongKey = "wrong-key";
    public const string Ended = "ended";
    public const string SignedOut = "signed-out";
    public const string ProviderFailed = "provider-failed";
    public const string ProviderAway = "provider-away";

    public static string Address(string? code, string? returnTo = null) =>
        $"/sign-in?{(code is null ? "" : $"code={code}&")}return={Uri.EscapeDataString(People.LocalPath(returnTo))}";

    public static string? Sentence(string? code) =>
        code switch
        {
            WrongKey => "This key is not known here. Keys are made by `loyalty keys new`; check that all of its 64 characters were copied.",
            Ended => "Your session had ended, so the form you sent was not acted on. Sign in and send it again.",
            SignedOut => "You are signed out.",
            ProviderFailed => "The sign-in did not come to its end. Try again; if it happens again, the log of the ops site says why.",
            ProviderAway => "The sign-in provider does not answer. Try again in a moment, or sign in with a key.",
            _ => null,
        };
}
