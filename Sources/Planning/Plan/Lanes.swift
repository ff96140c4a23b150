import Renderers

/// Which resources are busy together: Azure refuses a write while another one of them is under way.
///
/// Sources: github.com/hashicorp/terraform-provider-azurerm/issues/29351 (storage) and /15842 (databases),
/// github.com/microsoft/azure-container-apps/issues/175 and /701, github.com/microsoft/aspire/issues/18682 (one write
/// of an app at a time in an environment),
/// github.com/Azure/azure-functions-on-container-apps/issues/34 (sites)
struct Lanes {
    private let fates: Fates

    init(_ fates: Fates) {
        self.fates = fates
    }

    /// The lane of a resource, in its new form where it has one.
    subscript(key: String) -> String? {
        let top = Family.top(of: key)
        guard let (type, body) = description(of: key) else { return top }
        switch type.facts.lane {
        case .nothing: return nil
        case .named(let property): return body.text(at: property)?.identifierKey ?? top
        // What belongs to a resource has the lane of that one.
        case .family: return top == key ? top : self[top]
        }
    }

    private func description(of key: String) -> (ResourceType, Value)? {
        if let resource = fates.changes[key]?.resource ?? fates.wanted[key] { return (resource.type, resource.body) }
        return fates.applied[key].map { ($0.type, $0.body) }
    }
}
