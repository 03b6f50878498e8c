using Loyalty.Messaging.AirMiles;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Loyalty.Messaging.UnitTests.AirMiles;

public sealed class When_a_request_may_not_begin
{
    [Fact]
    public async Task It_waits_until_it_may()
    {
        var permit = new Permit();
        var stub = new IssuerStub().Then(200, IssuerStub.Yes);
        await using var services = Services(stub, permit);
        var calling = services.GetRequiredService<IAirMilesClient>().PostEventAsync(IssuerStub.Call, TestContext.Current.CancellationToken);
        await permit.Asked.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Empty(stub.Calls);

        permit.Given = true;
        Assert.IsType<CallOutcome.Accepted>((await calling).Outcome);
    }

    [Fact]
    public async Task A_caller_that_gives_up_meanwhile_has_sent_nothing()
    {
        var permit = new Permit();
        var stub = new IssuerStub();
        await using var services = Services(stub, permit);
        using var lost = new CancellationTokenSource();
        var calling = services.GetRequiredService<IAirMilesClient>().PostEventAsync(IssuerStub.Call, lost.Token);
        await permit.Asked.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        await lost.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calling);
        Assert.Empty(stub.Calls);
    }

    [Fact]
    public async Task Its_bytes_do_not_leave_either()
    {
        using var content = new PermittedContent(new byte[] { 1 }, new Permit(), TimeSpan.FromSeconds(1));
        using var stream = new MemoryStream();
        await Assert.ThrowsAsync<HttpRequestException>(() => content.CopyToAsync(stream, TestContext.Current.CancellationToken));
        Assert.Equal(0, stream.Length);
    }

    static ServiceProvider Services(IssuerStub stub, Permit permit)
    {
        var services = IssuerStub.Plain(null);
        services.AddSingleton<IRequestPermit>(permit);
        foreach (var name in new[] { "air-miles", "air-miles-token" })
            services.AddHttpClient(name).ConfigurePrimaryHttpMessageHandler(() => stub);
        return services.BuildServiceProvider();
    }

    sealed class Permit : IRequestPermit
    {
        readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Asked => _asked.Task;

        public volatile bool Given;

        public bool Lasts(TimeSpan request)
        {
            _asked.TrySetResult();
            return Given;
        }
    }
}
