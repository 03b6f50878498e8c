// Half of the time of a test is waiting for processes; more at once would overrun a machine of two cores, and who is overrun measures
// nothing.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.Collections, MaxThreads = 2)]
