// Two cores, one database server: in parallel these tests would only wait for each other.
[assembly: Xunit.CollectionBehavior(DisableTestParallelization = true)]
