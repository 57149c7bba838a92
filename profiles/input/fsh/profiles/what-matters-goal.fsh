Profile: WhatMattersGoal
Parent: Goal
Id: what-matters-goal
Title: "What matters to me"
Description: "One thing that the person values, fears or hopes for, in their own words. Words are never turned into codes that change what they say. Where nothing was said, the reason why stands in place of the words; an empty statement is never recorded."
* ^experimental = false
* insert Decided([[the words of the person]])
* obeys goal-1
* extension contains
    Importance named importance 0..1 MS and
    Confidence named confidence 0..1 MS and
    Theme named theme 0..* MS
* lifecycleStatus MS
* extension[importance] ^definition = "How important this is to the person, from 1 to 10, as they said."
* extension[confidence] ^definition = "How sure the person is that it will be respected, from 1 to 10, as they said."
* extension[theme] ^definition = "What it is about, chosen by whoever wrote it down, so that it can be found. It never takes the place of the words."
* lifecycleStatus ^short = "active while it matters to the person"
* category 1..* MS
* category ^short = "Whether it is valued, feared or hoped for"
* category ^slicing.discriminator.type = #pattern
* category ^slicing.discriminator.path = "$this"
* category ^slicing.rules = #open
* category contains value 0..1 and fear 0..1 and hope 0..1
* category[value] = WhatMattersKindCodes#value
* category[value] ^short = "What I value"
* category[fear] = WhatMattersKindCodes#fear
* category[fear] ^short = "What I fear or wish to avoid"
* category[hope] = WhatMattersKindCodes#hope
* category[hope] ^short = "What I hope for"
* description MS
* description ^short = "The person's own words, as text; or why there are none, as a data absent reason"
* description.text MS
* description.text ^short = "The words of the person"
* insert Obligation(description.text, 1, ambulance, SHALL:display, [[Shown word for word, as the words of the person.]])
* insert Obligation(description.text, 2, out-of-hours, SHALL:display, [[Shown word for word, as the words of the person.]])
* insert Obligation(description.text, 3, hospital, SHALL:display, [[Shown word for word, as the words of the person.]])
* insert Obligation(description.text, 4, integrator, SHALL:no-alter, [[Never shortened, corrected or put into codes.]])
* description.extension contains $data-absent-reason named dataAbsentReason 0..1 MS
* subject MS
* subject ^short = "The person"
* subject only Reference(PlanPatient)
* start[x] only date
* startDate MS
* startDate ^short = "The day on which it was said"
* expressedBy MS
* expressedBy ^short = "Who said it: the person, or who spoke for them"
* note MS
* note ^short = "How it was said, if that matters"

Invariant: goal-1
Description: "A goal holds the person's words, or the reason why there are none."
Severity: #error
Expression: "description.text.exists() or description.extension.where(url = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason').exists() or description.text.extension.where(url = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason').exists()"
