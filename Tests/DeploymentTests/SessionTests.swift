import Azure
import Deployment
import Testing

struct SessionTests {
    @Test func `a place needs no more than a group's name`() {
        let place = AzurePlace(subscription: nil, resourceGroup: "stack", location: nil)
        #expect(place.resourceGroup == "stack")
    }
}
