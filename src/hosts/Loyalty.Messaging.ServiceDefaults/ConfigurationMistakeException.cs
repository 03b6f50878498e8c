namespace Loyalty.Messaging.ServiceDefaults;

/// <summary>A setting is missing or wrong. The message is one line that names the key and says what would be right.</summary>
public sealed class ConfigurationMistakeException(string message) : Exception(message);
