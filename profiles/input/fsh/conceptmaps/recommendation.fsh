Instance: recommendation
InstanceOf: ConceptMap
Usage: #definition
Title: "Recommendation about CPR in the codes of others"
Description: "What a recommendation about cardiopulmonary resuscitation is called in other code systems: answers of a portable medical order (LOINC), findings (SNOMED CT), and the type of the derived provision. What has no honest equivalent is mapped to nothing; it must not be sent as one of the others."
* url = "https://keyplan.example/fhir/ConceptMap/recommendation"
* name = "RecommendationMap"
* title = "Recommendation about CPR in the codes of others"
* description = "What a recommendation about cardiopulmonary resuscitation is called in other code systems: answers of a portable medical order (LOINC), findings (SNOMED CT), and the type of the derived provision. What has no honest equivalent is mapped to nothing; it must not be sent as one of the others."
* status = #draft
* experimental = false
* sourceUri = "https://keyplan.example/fhir/CodeSystem/recommendation"

* group[+].source = "https://keyplan.example/fhir/CodeSystem/recommendation"
* group[=].target = "http://loinc.org"
* insert From(recommended, [[Recommended]])
* insert To(LA33470-8, [[Yes CPR]], inexact)
* insert Because([[There it is the answer of an order; here it is a recommendation, which is not an order.]])
* insert From(conditional, [[Recommended under a condition]])
* insert ToNothing([[There is only yes and no. A modified resuscitation must not be sent as either.]])
* insert From(not-recommended, [[Not recommended]])
* insert To(LA33471-6, [[No CPR]], inexact)
* insert Because([[There it is the answer of an order; here it is a recommendation, which is not an order.]])
* insert From(unknown, [[Not known]])
* insert ToNothing([[Nothing says that it is not known. Send nothing.]])
* insert From(not-discussed, [[Not discussed]])
* insert ToNothing([[Nothing says that it was not discussed. Send nothing.]])

* group[+].source = "https://keyplan.example/fhir/CodeSystem/recommendation"
* group[=].target = "http://snomed.info/sct"
* insert From(recommended, [[Recommended]])
* insert To(450475007, [[For attempted cardiopulmonary resuscitation]], inexact)
* insert Because([[The finding does not say who decided.]])
* insert From(conditional, [[Recommended under a condition]])
* insert ToNothing([[There is no finding for resuscitation under a condition.]])
* insert From(not-recommended, [[Not recommended]])
* insert To(450476008, [[Not for attempted cardiopulmonary resuscitation]], inexact)
* insert Because([[The finding does not say who decided.]])
* insert From(unknown, [[Not known]])
* insert ToNothing([[The code that some use for it means not aware of a decision. Send nothing.]])
* insert From(not-discussed, [[Not discussed]])
* insert ToNothing([[Nothing says that it was not discussed. Send nothing.]])

* group[+].source = "https://keyplan.example/fhir/CodeSystem/recommendation"
* group[=].target = "http://hl7.org/fhir/consent-provision-type"
* insert From(recommended, [[Recommended]])
* insert To(permit, [[Opt In]], inexact)
* insert Because([[Derived, and never read back: a permission is not a recommendation.]])
* insert From(conditional, [[Recommended under a condition]])
* insert ToNothing([[Neither permitted nor denied: the type is left out.]])
* insert From(not-recommended, [[Not recommended]])
* insert To(deny, [[Opt Out]], inexact)
* insert Because([[Derived, and never read back: a denial may also be a refusal.]])
* insert From(unknown, [[Not known]])
* insert ToNothing([[Neither permitted nor denied: the type is left out.]])
* insert From(not-discussed, [[Not discussed]])
* insert ToNothing([[Neither permitted nor denied: the type is left out.]])
