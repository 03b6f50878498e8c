namespace FirstOrder;

/// <summary>The first order did not go as it should; the message is for people.</summary>
internal sealed class FirstOrderException(string message) : Exception(message);
