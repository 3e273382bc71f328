/// The keywords of the attributes of `<cpu>` and of its children.
struct CPUKeywords {
    let modes = KeywordTable<CPU.Mode>()
    let matches = KeywordTable<CPU.Match>()
    let checks = KeywordTable<CPU.Check>()
    let switches = KeywordTable<CPU.Switch>()
    let fallbacks = KeywordTable<CPU.Fallback>()
    let policies = KeywordTable<CPU.Policy>()
    let cacheModes = KeywordTable<CPU.CacheMode>()
    let addressModes = KeywordTable<CPU.AddressMode>()
    let memoryAccesses = KeywordTable<CPU.MemoryAccess>()
    let answers = KeywordTable<CPU.YesNo>()
}
