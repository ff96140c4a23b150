import Planning
import Testing

struct ARMHashTests {
    // Published results of the function in Azure.
    @Test(arguments: [(["hello", "world"], "a7wkljktk6wne"), (["tyeth"], "zcztcwvu6iyg6")])
    func `names are as unique as Azure makes them`(texts: [String], name: String) {
        #expect(ARMHash.uniqueString(texts) == name)
    }

    @Test func `every length of text gives a name of thirteen letters and digits`() {
        let names = (0..<40).map { ARMHash.uniqueString([String(repeating: "x", count: $0)]) }
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { $0.wholeMatch(of: /[a-z2-7]{13}/) != nil })
    }

    // The same namespace and name, made by the `uuid5` function of Python.
    @Test func `the identifier of an assignment follows from what it says`() {
        #expect(ARMHash.guid(["a", "b"]) == "2d796349-8c7e-55ec-9624-54ece82ed031")
    }
}
