Instance: what-matters
InstanceOf: ConceptMap
Usage: #definition
Title: "What matters in the codes of others"
Description: "What kinds of statement about what matters are called in an advance care plan of the United States (LOINC)."
* url = "https://keyplan.example/fhir/ConceptMap/what-matters"
* name = "WhatMattersMap"
* title = "What matters in the codes of others"
* description = "What kinds of statement about what matters are called in an advance care plan of the United States (LOINC)."
* status = #draft
* experimental = false
* sourceUri = "https://keyplan.example/fhir/CodeSystem/what-matters-kind"

* group[+].source = "https://keyplan.example/fhir/CodeSystem/what-matters-kind"
* group[=].target = "http://loinc.org"
* insert From(value, [[What I value]])
* insert To(81360-0, [[My likes and joys]], inexact)
* insert Because([[What somebody values is more than what they like.]])
* insert From(fear, [[What I fear or wish to avoid]])
* insert To(81362-6, [[My dislikes and fears]], wider)
* insert From(hope, [[What I hope for]])
* insert To(87528-6, [[Personal health goal]], inexact)
* insert Because([[A hope need not be about health.]])
