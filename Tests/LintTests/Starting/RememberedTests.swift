import Testing

@testable import Lint

@Suite("Answers that are kept")
struct RememberedTests {
    @Test("The memory of answers is limited, whatever the number of questions")
    func limit() {
        let remembered = Remembered<Int, [Int]>(most: 1000) { $1.count }
        for question in 0..<10_000 {
            #expect(remembered.answer(to: question) { Array(repeating: question, count: question % 50) }.count == question % 50)
            #expect(remembered.keptSize <= 1000)
        }
    }

    @Test("Questions that are a few more than there is room for do not push each other out")
    func turns() {
        let remembered = Remembered<Int, Int>(most: 1000)
        var work = 0
        for _ in 0..<10 {
            for question in 0..<1100 {
                _ = remembered.answer(to: question) {
                    work += 1
                    return question
                }
            }
        }
        // Nothing would be found again if all were forgotten, or the oldest: 11,000.
        #expect(work < 9000, "\(work)")
    }
}
