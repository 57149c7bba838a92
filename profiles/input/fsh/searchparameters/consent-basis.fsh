Instance: Consent-basis
InstanceOf: SearchParameter
Usage: #definition
Title: "Basis of a recommendation"
Description: "Who decided and on what ground: a clinical recommendation, a refusal or a preference of the person, best interests, agreement of the parents."
* url = "https://keyplan.example/fhir/SearchParameter/Consent-basis"
* name = "Basis"
* status = #draft
* experimental = false
* description = "Who decided and on what ground: a clinical recommendation, a refusal or a preference of the person, best interests, agreement of the parents."
* code = #basis
* base = #Consent
* type = #token
* expression = "Consent.extension('https://keyplan.example/fhir/StructureDefinition/decision-basis').value.ofType(code)"
* xpathUsage = #normal
