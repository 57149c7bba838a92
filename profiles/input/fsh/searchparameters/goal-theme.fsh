Instance: Goal-theme
InstanceOf: SearchParameter
Usage: #definition
Title: "Theme of what matters"
Description: "What a statement about what matters is about."
* url = "https://keyplan.example/fhir/SearchParameter/Goal-theme"
* name = "Theme"
* status = #draft
* experimental = false
* description = "What a statement about what matters is about."
* code = #theme
* base = #Goal
* type = #token
* expression = "Goal.extension('https://keyplan.example/fhir/StructureDefinition/theme').value.ofType(CodeableConcept)"
* xpathUsage = #normal
