Instance: Consent-intervention
InstanceOf: SearchParameter
Usage: #definition
Title: "Intervention"
Description: "The intervention that a recommendation or a refusal is about."
* url = "https://keyplan.example/fhir/SearchParameter/Consent-intervention"
* name = "Intervention"
* status = #draft
* experimental = false
* description = "The intervention that a recommendation or a refusal is about."
* code = #intervention
* base = #Consent
* type = #token
* expression = "Consent.provision.provision.code"
* xpathUsage = #normal
