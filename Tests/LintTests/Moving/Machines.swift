import CPUModel
import Hosts
import TestSupport
import XMLTree

@testable import Lint

/// Real machines in libvirt's tests.
enum Machines {
    private static var data: String { "\(Corpus.libvirt ?? "")/tests/cputestdata" }

    /// A host of which only the processor is known, as `virsh capabilities` prints it.
    static func host(_ name: String, as hostName: String? = nil) throws -> Host {
        let path = "\(data)/x86_64-cpuid-\(name)-host.xml"
        return try HostFiles.read([("\(hostName ?? name).xml", Corpus.read(path))])[0]
    }

    /// The features that libvirt's files list for a machine: those of its host-model (`guest`), or those of its
    /// processor (`host`), with the model's features from libvirt's own map.
    static func features(_ name: String, of kind: String) throws -> Set<String> {
        let cpu = try XMLElement(parsing: Corpus.read("\(data)/x86_64-cpuid-\(name)-\(kind).xml"))
        var features = try modelFeatures(cpu.child("model")!.text)
        for feature in cpu.children("feature") {
            if ["disable", "forbid"].contains(feature["policy"]) { features.remove(feature["name"]!) } else { features.insert(feature["name"]!) }
        }
        return features
    }

    /// The features of a model in libvirt's map, without those that it marks as removed.
    private static func modelFeatures(_ name: String) throws -> Set<String> {
        let root = try XMLElement(parsing: Corpus.read("\(Corpus.libvirt!)/src/cpu_map/x86_\(name).xml"))
        let model = root.child("model")!
        var features: Set<String> = []
        for child in model.children("model") { features.formUnion(try modelFeatures(child["name"]!)) }
        for feature in model.children("feature") {
            if feature["removed"] == "yes" { features.remove(feature["name"]!) } else { features.insert(feature["name"]!) }
        }
        return features
    }
}
