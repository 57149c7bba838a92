Instance: Consent-recommendation
InstanceOf: SearchParameter
Usage: #definition
Title: "Recommendation"
Description: "What is recommended about an intervention: recommended, conditional, not-recommended, unknown or not-discussed. The authored decision, never what is derived from it."
* url = "https://keyplan.example/fhir/SearchParameter/Consent-recommendation"
* name = "Recommendation"
* status = #draft
* experimental = false
* description = "What is recommended about an intervention: recommended, conditional, not-recommended, unknown or not-discussed. The authored decision, never what is derived from it."
* code = #recommendation
* base = #Consent
* type = #token
* expression = "Consent.extension('https://keyplan.example/fhir/StructureDefinition/recommendation').value.ofType(code)"
* xpathUsage = #normal
