import DomainXML
import TestSupport
import Testing

@Suite("Places of parts")
struct PlaceTests {
    @Test("In libvirt's test definitions, every part is where an independent scanner finds it", .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func corpus() throws {
        #expect(Corpus.domains.count > 1100)
        var checked = 0
        for file in Corpus.domains {
            let naive = NaiveScanner(file.bytes)
            let recorder = Recorder()
            recorder.each = { _, domain in
                checked += comparePlaces(domain, naive, file)
            }
            _ = try Recorder.read(file.bytes, into: recorder)
            #expect(recorder.output == file.bytes, "\(file)")
        }
        #expect(checked > 20_000)
    }

    @Test("The chunks in which input is read make no difference", .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func chunks() throws {
        var random = SplitMix64(seed: 7)
        for file in Corpus.domains.shuffled(using: &random).prefix(150) {
            let whole = try Recorder.read(file.bytes)
            let sizes = (0..<17).map { _ in Int.random(in: 1...700, using: &random) }
            for chunks in [[1], [3], sizes] {
                let split = try Recorder.read(file.bytes, chunks: chunks)
                #expect(split.domains == whole.domains, "\(file) in chunks of \(chunks)")
                #expect(split.output == whole.output)
            }
        }
    }

    @Test("A small document that is split anywhere gives the same domain")
    func everySplit() throws {
        let whole = try Recorder.read(Sample.mixed)
        #expect(whole.domains.count == 1)
        for split in 1..<Sample.mixed.count {
            let parts = try Recorder.read(Sample.mixed, chunks: [split, Sample.mixed.count])
            #expect(parts.domains == whole.domains, "split at \(split)")
            #expect(parts.output == Sample.mixed)
        }
    }
}
