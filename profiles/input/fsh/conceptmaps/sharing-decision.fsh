Instance: sharing-decision
InstanceOf: ConceptMap
Usage: #definition
Title: "Decision about sharing in SNOMED CT"
Description: "What a decision about sharing is called in SNOMED CT. Only consent that was given has a finding on which more than one source agrees; the others are mapped to nothing, since one must not be sent as another."
* url = "https://keyplan.example/fhir/ConceptMap/sharing-decision"
* name = "SharingDecisionMap"
* title = "Decision about sharing in SNOMED CT"
* description = "What a decision about sharing is called in SNOMED CT. Only consent that was given has a finding on which more than one source agrees; the others are mapped to nothing, since one must not be sent as another."
* status = #draft
* experimental = false
* sourceUri = "https://keyplan.example/fhir/CodeSystem/sharing-decision"

* group[+].source = "https://keyplan.example/fhir/CodeSystem/sharing-decision"
* group[=].target = "http://snomed.info/sct"
* insert From(no-objection, [[No objection]])
* insert ToNothing([[No finding says that somebody knows and does not object. It is not consent.]])
* insert From(objection, [[Objection]])
* insert ToNothing([[A finding that there is no consent does not tell an objection from not having been asked.]])
* insert From(explicit-consent, [[Explicit consent]])
* insert To(425691002, [[Consent given for electronic record sharing]], equivalent)
* insert From(not-asked, [[Not asked]])
* insert ToNothing([[A finding that there is no consent does not tell an objection from not having been asked.]])
* insert From(withdrawn, [[Consent withdrawn]])
* insert ToNothing([[No finding says that consent was given and taken back.]])
