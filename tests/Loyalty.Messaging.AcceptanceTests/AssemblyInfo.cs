// Two cores: the tests start processes of their own, and a machine that is overrun measures nothing.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
