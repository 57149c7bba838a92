Instance: what-matters-to-me
InstanceOf: Questionnaire
Usage: #definition
Title: "What matters to me"
Description: "A conversation about what matters to a person, written down in their own words."
* url = "https://keyplan.example/fhir/Questionnaire/what-matters-to-me"
* version = "1.0.0"
* name = "WhatMattersToMe"
* title = "What matters to me"
* description = "A conversation about what matters to a person, written down in their own words. Submitted to CarePlan/$submit it becomes a plan of the type what-matters."
* status = #active
* experimental = false
* subjectType = #Patient

* item[+]
  * insert Group(conversation, [[The conversation]])
  * insert Required
  * item[+]
    * insert Question(conversation.date, date, anticipatory-care-plan#CarePlan.created, [[On which day did we talk?]])
    * insert Required
  * item[+]
    * insert Line(conversation.helper, anticipatory-care-plan#CarePlan.contributor.display, [[Who helped me to say or write this down?]])
    * insert Repeats

* item[+]
  * insert Matter(value, [[What I value most]])
* item[+]
  * insert WhyNone(value, [[If nothing is written here, why?]])
* item[+]
  * insert Matter(fear, [[What I fear, or wish to avoid]])
* item[+]
  * insert WhyNone(fear, [[If nothing is written here, why?]])
* item[+]
  * insert Matter(hope, [[What I hope for]])

* item[+]
  * insert Group(place-of-care, [[Where I would like to be cared for]])
  * item[+]
    * insert Question(place-of-care.place, open-choice, preferred-place#Observation.value[x], [[The place]])
    * insert Option($sct, 264362003, [[Home]])
    * insert Option($sct, 108344006, [[Nursing home]])
    * insert Option($sct, 284546000, [[Hospice]])
    * insert Option($sct, 22232009, [[Hospital]])
  * insert AboutPlace(place-of-care)
* item[+]
  * insert Group(place-of-death, [[Where I would like to be when I die]])
  * item[+]
    * insert Question(place-of-death.place, open-choice, preferred-place#Observation.value[x], [[The place]])
    * insert Option($sct, 110481000000108, [[Preferred place of death: home]])
    * insert Option($sct, 108401000000102, [[Preferred place of death: hospice]])
    * insert Option($sct, 109401000000108, [[Preferred place of death: hospital]])
    * insert Option($sct, 89751000000108, [[Preferred place of death: community hospital]])
    * insert Option($sct, 89761000000106, [[Preferred place of death: nursing home]])
    * insert Option($sct, 512071000000106, [[Preferred place of death: residential home]])
    * insert Option($sct, 518741000000100, [[Preferred place of death: learning disability unit]])
    * insert Option($sct, 518771000000106, [[Preferred place of death: mental health unit]])
    * insert Option($sct, 517161000000101, [[Preferred place of death: undecided]])
  * insert AboutPlace(place-of-death)

* item[+]
  * insert Group(contact, [[Someone close to me]])
  * insert Repeats
  * item[+]
    * insert Line(contact.name, plan-contact#RelatedPerson.name.text, [[Their name]])
    * insert Required
  * item[+]
    * insert Line(contact.relationship, plan-contact#RelatedPerson.relationship.text, [[Who they are to me]])
    * insert Required
  * item[+]
    * insert Line(contact.phone, plan-contact#RelatedPerson.telecom.value, [[Their telephone number]])
  * item[+]
    * insert Question(contact.primary, boolean, primary-emergency-contact#Extension.value[x], [[Is this the first person to call in an emergency?]])

* item[+]
  * insert Group(sharing, [[Sharing my plan]])
  * insert Required
  * item[+]
    * insert Question(sharing.decision, choice, sharing-decision-code#Extension.value[x], [[May those who care for me in an emergency see my plan?]])
    * insert Required
    * insert KeyPlanOption(sharing-decision, no-objection, [[No objection]])
    * insert KeyPlanOption(sharing-decision, objection, [[Objection]])
    * insert KeyPlanOption(sharing-decision, explicit-consent, [[Explicit consent]])
    * insert KeyPlanOption(sharing-decision, not-asked, [[Not asked]])
    * insert KeyPlanOption(sharing-decision, withdrawn, [[Consent withdrawn]])


RuleSet: Matter(kind, text)
* insert Group({kind}, [[{text}]])
* insert Repeats
* item[+]
  * insert Words({kind}.words, what-matters-goal#Goal.description.text, [[In my own words]])
  * insert Required
* item[+]
  * insert OneToTen({kind}.importance, importance#Extension.value[x], [[How important is this to me, from 1 to 10?]])
* item[+]
  * insert OneToTen({kind}.confidence, confidence#Extension.value[x], [[How sure am I that it will be respected, from 1 to 10?]])

RuleSet: WhyNone(kind, text)
* insert Question({kind}-absent, choice, what-matters-goal#Goal.description, [[{text}]])
* insert WhyAbsent
* insert OnlyWithout({kind}.words)

RuleSet: AboutPlace(kind)
* item[+]
  * insert Words({kind}.words, preferred-place#Observation.note.text, [[In my own words]])
* item[+]
  * insert Question({kind}.absent, choice, preferred-place#Observation.dataAbsentReason, [[If no place is given, why?]])
  * insert WhyAbsent
  * insert OnlyWithout({kind}.place)
