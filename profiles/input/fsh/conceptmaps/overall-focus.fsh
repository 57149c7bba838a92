Instance: overall-focus
InstanceOf: ConceptMap
Usage: #definition
Title: "Overall focus in the codes of others"
Description: "What the overall focus of care is called in a portable medical order (LOINC)."
* url = "https://keyplan.example/fhir/ConceptMap/overall-focus"
* name = "OverallFocusMap"
* title = "Overall focus in the codes of others"
* description = "What the overall focus of care is called in a portable medical order (LOINC)."
* status = #draft
* experimental = false
* sourceUri = "https://keyplan.example/fhir/CodeSystem/overall-focus"

* group[+].source = "https://keyplan.example/fhir/CodeSystem/overall-focus"
* group[=].target = "http://loinc.org"
* insert From(extend-life, [[Prioritise extending life]])
* insert To(LA33473-2, [[Full Treatments]], inexact)
* insert Because([[There it is an order about initial treatment; here it is what care aims for above all.]])
* insert From(balance, [[Balance extending life with comfort and valued outcomes]])
* insert To(LA33474-0, [[Selective Treatments]], inexact)
* insert Because([[There it is an order about initial treatment; here it is what care aims for above all.]])
* insert From(comfort, [[Prioritise comfort]])
* insert To(LA33475-7, [[Comfort-focused Treatments]], inexact)
* insert Because([[There it is an order about initial treatment; here it is what care aims for above all.]])
