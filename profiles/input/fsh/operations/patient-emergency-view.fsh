Instance: Patient-emergency-view
InstanceOf: OperationDefinition
Usage: #definition
Title: "Is there a plan to follow?"
Description: "Answers, for someone who is about to act in an emergency, whether there is a plan for this person and what it says, in a fixed order. As FHIR (application/fhir+json), as a small flat object (application/json), or as a page for a phone (text/html); all three say the same. Always one of the coded outcomes: a failure is never shown as an absence of plans, and the absence of a plan is never a recommendation. Person identifiers travel in the body, never in an address."
* url = "https://keyplan.example/fhir/OperationDefinition/Patient-emergency-view"
* name = "EmergencyView"
* status = #draft
* kind = #operation
* experimental = false
* affectsState = false
* code = #emergency-view
* resource = #Patient
* system = false
* type = true
* instance = false
* parameter[+]
  * name = #identifier
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "A CHI, NHS or Health and Care number with its system. Either this, or name, birthDate and postcode."
  * type = #Identifier
* parameter[+]
  * name = #name
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "Given and family name in either order, where no number is known; with birthDate and postcode. Case, accents, apostrophes, hyphens and forms of address do not count. Of a given name its first three letters or more suffice; other forms of it fit only where the record has them."
  * type = #string
* parameter[+]
  * name = #birthDate
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "The whole date of birth; with name and postcode."
  * type = #date
* parameter[+]
  * name = #postcode
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "The whole postcode of a current address; with name and birthDate."
  * type = #string
* parameter[+]
  * name = #outcome
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "Whether there is a plan to follow. Read this first."
  * type = #code
  * binding.strength = #required
  * binding.valueSet = Canonical(EmergencyOutcomeVS)
* parameter[+]
  * name = #asOf
  * use = #out
  * min = 0
  * max = "1"
  * documentation = "When the plans that are described here last changed."
  * type = #instant
* parameter[+]
  * name = #sequence
  * use = #out
  * min = 0
  * max = "1"
  * documentation = "Edition of the summary that says the same."
  * type = #unsignedInt
* parameter[+]
  * name = #identity
  * use = #out
  * min = 0
  * max = "1"
  * documentation = "What to check to be sure that this is the right person."
  * part[+]
    * name = #name
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "Name."
    * type = #string
  * part[+]
    * name = #knownAs
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "Name to use when speaking to the person."
    * type = #string
  * part[+]
    * name = #birthDate
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "Date of birth."
    * type = #date
  * part[+]
    * name = #deceased
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "True where the person is recorded as having died."
    * type = #boolean
  * part[+]
    * name = #address
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "Address."
    * type = #string
  * part[+]
    * name = #postcode
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "Postcode."
    * type = #string
  * part[+]
    * name = #identifier
    * use = #out
    * min = 0
    * max = "*"
    * documentation = "National numbers."
    * type = #Identifier
  * part[+]
    * name = #language
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "Languages that the person speaks."
    * type = #string
* parameter[+]
  * name = #cpr
  * use = #out
  * min = 0
  * max = "1"
  * documentation = "The recommendation about cardiopulmonary resuscitation. Always there with a current plan: where none is recorded it says so."
  * part[+]
    * name = #recorded
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "False where the plan has no recommendation about it."
    * type = #boolean
  * part[+]
    * name = #recommendation
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "The recommendation."
    * type = #code
    * binding.strength = #required
    * binding.valueSet = Canonical(RecommendationVS)
  * part[+]
    * name = #finding
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "The same as a SNOMED CT finding, where there is one."
    * type = #Coding
  * part[+]
    * name = #display
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "The recommendation in words."
    * type = #string
  * part[+]
    * name = #basis
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "Who decided and on what ground."
    * type = #code
    * binding.strength = #required
    * binding.valueSet = Canonical(DecisionBasisVS)
  * part[+]
    * name = #rationale
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "Why."
    * type = #string
  * part[+]
    * name = #condition
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "Under which condition, or in what form."
    * type = #string
  * part[+]
    * name = #decidedOn
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "When it was decided."
    * type = #dateTime
  * part[+]
    * name = #decidedBy
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "Who decided."
    * type = #string
  * part[+]
    * name = #discussion
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "With whom it was discussed."
    * type = #string
  * part[+]
    * name = #reviewDate
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "Review due."
    * type = #date
* parameter[+]
  * name = #overall-focus
  * use = #out
  * min = 0
  * max = "1"
  * documentation = "What emergency care should aim for above all."
  * part[+]
    * name = #focus
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "The focus."
    * type = #code
    * binding.strength = #required
    * binding.valueSet = Canonical(OverallFocusVS)
  * part[+]
    * name = #display
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "The focus in words."
    * type = #string
  * part[+]
    * name = #text
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "What was added in words."
    * type = #string
  * part[+]
    * name = #recordedOn
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "When it was recorded."
    * type = #dateTime
* parameter[+]
  * name = #refusal
  * use = #out
  * min = 0
  * max = "*"
  * documentation = "An advance refusal of treatment."
  * part[+]
    * name = #treatment
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "What is refused."
    * type = #string
  * part[+]
    * name = #circumstances
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "When the refusal applies."
    * type = #string
  * part[+]
    * name = #reason
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "Why."
    * type = #string
  * part[+]
    * name = #legalForce
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "What the refusal is in the law of the person's nation: binding-if-valid-and-applicable or persuasive."
    * type = #code
  * part[+]
    * name = #force
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "What force a refusal has where the person lives."
    * type = #string
  * part[+]
    * name = #recordedOn
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "When it was recorded."
    * type = #dateTime
  * part[+]
    * name = #recordedBy
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "Who recorded it."
    * type = #string
  * part[+]
    * name = #more
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "How many more there are than are shown; alone in the last group."
    * type = #string
* parameter[+]
  * name = #recommendation
  * use = #out
  * min = 0
  * max = "*"
  * documentation = "A recommendation about another intervention."
  * part[+]
    * name = #intervention
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "The intervention: a Coding, or a string where it has no known code."
    * type = #Element
  * part[+]
    * name = #recommendation
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "The recommendation."
    * type = #code
    * binding.strength = #required
    * binding.valueSet = Canonical(RecommendationVS)
  * part[+]
    * name = #display
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "The recommendation in words."
    * type = #string
  * part[+]
    * name = #basis
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "Who decided and on what ground."
    * type = #code
    * binding.strength = #required
    * binding.valueSet = Canonical(DecisionBasisVS)
  * part[+]
    * name = #condition
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "Under which condition."
    * type = #string
  * part[+]
    * name = #rationale
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "Why."
    * type = #string
  * part[+]
    * name = #decidedOn
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "When it was decided."
    * type = #dateTime
  * part[+]
    * name = #decidedBy
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "Who decided."
    * type = #string
  * part[+]
    * name = #more
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "How many more there are than are shown; alone in the last group."
    * type = #string
* parameter[+]
  * name = #what-matters
  * use = #out
  * min = 0
  * max = "*"
  * documentation = "What matters to the person."
  * part[+]
    * name = #kind
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "What it is about."
    * type = #code
    * binding.strength = #required
    * binding.valueSet = Canonical(WhatMattersKindVS)
  * part[+]
    * name = #display
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "What it is about, in words."
    * type = #string
  * part[+]
    * name = #words
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "The person's own words."
    * type = #string
  * part[+]
    * name = #absent
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "Why there are no words."
    * type = #string
  * part[+]
    * name = #saidBy
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "Who said it."
    * type = #string
  * part[+]
    * name = #saidOn
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "When it was said."
    * type = #dateTime
  * part[+]
    * name = #more
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "How many more there are than are shown; alone in the last group."
    * type = #string
* parameter[+]
  * name = #contact
  * use = #out
  * min = 0
  * max = "*"
  * documentation = "Someone to call, the first to be called first."
  * part[+]
    * name = #primary
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "True for the one to call first."
    * type = #boolean
  * part[+]
    * name = #name
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "Name."
    * type = #string
  * part[+]
    * name = #relationship
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "What they are to the person."
    * type = #string
  * part[+]
    * name = #phone
    * use = #out
    * min = 0
    * max = "*"
    * documentation = "Telephone numbers in the order in which to try them."
    * type = #string
  * part[+]
    * name = #more
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "How many more there are than are shown; alone in the last group."
    * type = #string
* parameter[+]
  * name = #proxy
  * use = #out
  * min = 0
  * max = "*"
  * documentation = "Someone with legal power to decide for the person."
  * part[+]
    * name = #authority
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "Legal authority."
    * type = #code
    * binding.strength = #required
    * binding.valueSet = Canonical(ProxyAuthorityVS)
  * part[+]
    * name = #display
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "Legal authority in words."
    * type = #string
  * part[+]
    * name = #holder
    * use = #out
    * min = 0
    * max = "*"
    * documentation = "Who holds the power."
    * part[+]
      * name = #name
      * use = #out
      * min = 0
      * max = "1"
      * documentation = "Name."
      * type = #string
    * part[+]
      * name = #relationship
      * use = #out
      * min = 0
      * max = "1"
      * documentation = "What they are to the person."
      * type = #string
    * part[+]
      * name = #phone
      * use = #out
      * min = 0
      * max = "*"
      * documentation = "Telephone numbers."
      * type = #string
    * part[+]
      * name = #more
      * use = #out
      * min = 0
      * max = "1"
      * documentation = "How many more there are than are shown; alone in the last group."
      * type = #string
  * part[+]
    * name = #onlyWhenIncapable
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "True where it holds only while the person lacks capacity."
    * type = #boolean
  * part[+]
    * name = #when
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "The same in words."
    * type = #string
  * part[+]
    * name = #powers
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "What the power covers."
    * type = #string
  * part[+]
    * name = #recordedOn
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "When it was recorded."
    * type = #dateTime
  * part[+]
    * name = #more
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "How many more there are than are shown; alone in the last group."
    * type = #string
* parameter[+]
  * name = #medicine
  * use = #out
  * min = 0
  * max = "*"
  * documentation = "A medicine that is at home just in case, a syringe driver there, or an allergy."
  * part[+]
    * name = #kind
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "medicines-at-home, syringe-driver or allergies."
    * type = #code
  * part[+]
    * name = #display
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "The same in words."
    * type = #string
  * part[+]
    * name = #text
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "What is recorded."
    * type = #string
  * part[+]
    * name = #note
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "What was said besides."
    * type = #string
  * part[+]
    * name = #recordedOn
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "When it was recorded."
    * type = #dateTime
  * part[+]
    * name = #recordedBy
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "Who recorded it."
    * type = #string
  * part[+]
    * name = #more
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "How many more there are than are shown; alone in the last group."
    * type = #string
* parameter[+]
  * name = #capacity
  * use = #out
  * min = 0
  * max = "*"
  * documentation = "Capacity to take part in making the recommendations, when they were made."
  * part[+]
    * name = #capacity
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "The finding."
    * type = #code
    * binding.strength = #required
    * binding.valueSet = Canonical(CapacityVS)
  * part[+]
    * name = #display
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "The finding in words."
    * type = #string
  * part[+]
    * name = #reason
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "In what way capacity is lacking."
    * type = #string
  * part[+]
    * name = #assessedOn
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "When it was assessed."
    * type = #dateTime
  * part[+]
    * name = #assessedBy
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "Who assessed it."
    * type = #string
  * part[+]
    * name = #more
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "How many more there are than are shown; alone in the last group."
    * type = #string
* parameter[+]
  * name = #involvement
  * use = #out
  * min = 0
  * max = "1"
  * documentation = "How the person was involved."
  * part[+]
    * name = #basis
    * use = #out
    * min = 0
    * max = "*"
    * documentation = "Which statements hold."
    * type = #code
    * binding.strength = #required
    * binding.valueSet = Canonical(InvolvementVS)
  * part[+]
    * name = #reason
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "Why the person or those close to them were not involved."
    * type = #string
* parameter[+]
  * name = #preferred-place
  * use = #out
  * min = 0
  * max = "*"
  * documentation = "Where the person would like to be cared for, or to die."
  * part[+]
    * name = #preference
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "care or death."
    * type = #code
  * part[+]
    * name = #display
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "The same in words."
    * type = #string
  * part[+]
    * name = #place
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "The place in words."
    * type = #string
  * part[+]
    * name = #note
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "What was said besides."
    * type = #string
  * part[+]
    * name = #recordedOn
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "When it was recorded."
    * type = #dateTime
  * part[+]
    * name = #more
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "How many more there are than are shown; alone in the last group."
    * type = #string
* parameter[+]
  * name = #mark
  * use = #out
  * min = 0
  * max = "*"
  * documentation = "Something to know before acting on a plan in force, the gravest first. It holds from the day in `from` on and says nothing before that day: compare `from` with the day of reading. So an answer that was stored earlier stays right as time passes."
  * part[+]
    * name = #code
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "conflict (two sources in one plan say otherwise), transcribed (copied from paper, not yet confirmed by a clinician), review-overdue, or may-be-out-of-date."
    * type = #code
  * part[+]
    * name = #plan
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "Type of the plan that is marked."
    * type = #code
    * binding.strength = #required
    * binding.valueSet = Canonical(PlanTypeVS)
  * part[+]
    * name = #from
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "The first day on which it holds."
    * type = #date
  * part[+]
    * name = #about
    * use = #out
    * min = 0
    * max = "*"
    * documentation = "Where it is a conflict: the interventions that it is about."
    * type = #code
  * part[+]
    * name = #display
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "The same in words."
    * type = #string
* parameter[+]
  * name = #plan
  * use = #out
  * min = 0
  * max = "*"
  * documentation = "A plan in force."
  * part[+]
    * name = #type
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "Type of plan."
    * type = #code
    * binding.strength = #required
    * binding.valueSet = Canonical(PlanTypeVS)
  * part[+]
    * name = #reference
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "The plan."
    * type = #Reference
  * part[+]
    * name = #planId
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "Plan identifier."
    * type = #string
  * part[+]
    * name = #version
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "Version of the plan."
    * type = #positiveInt
  * part[+]
    * name = #signedOn
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "When it was last signed."
    * type = #dateTime
  * part[+]
    * name = #signedBy
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "Who signed it last."
    * type = #string
  * part[+]
    * name = #reviewDate
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "Review due. It does not expire on that day."
    * type = #date
* parameter[+]
  * name = #sharing
  * use = #out
  * min = 0
  * max = "*"
  * documentation = "A decision about sharing; only where the outcome is withheld."
  * part[+]
    * name = #decision
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "The decision."
    * type = #code
    * binding.strength = #required
    * binding.valueSet = Canonical(SharingDecisionVS)
  * part[+]
    * name = #display
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "The decision in words."
    * type = #string
  * part[+]
    * name = #recordedOn
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "When it was recorded."
    * type = #dateTime
* parameter[+]
  * name = #policy
  * use = #out
  * min = 0
  * max = "1"
  * documentation = "What the law of the nation allows; only where the outcome is withheld."
  * type = #string
* parameter[+]
  * name = #lastConfirmed
  * use = #out
  * min = 0
  * max = "1"
  * documentation = "When it was last confirmed that no plan is in force."
  * type = #instant
* parameter[+]
  * name = #message
  * use = #out
  * min = 0
  * max = "1"
  * documentation = "What the outcome means, in words, where there is no plan to show."
  * type = #string
* parameter[+]
  * name = #verify
  * use = #out
  * min = 0
  * max = "1"
  * documentation = "How to find out whether this is still current."
  * type = #string
* parameter[+]
  * name = #issue
  * use = #out
  * min = 0
  * max = "1"
  * documentation = "Why the question cannot be answered now; only where the outcome is unavailable."
  * type = #OperationOutcome
