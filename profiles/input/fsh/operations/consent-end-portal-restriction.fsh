Instance: Consent-end-portal-restriction
InstanceOf: OperationDefinition
Usage: #definition
Title: "End a portal restriction"
Description: "Ends what a patient who has signed in hides from themself: what was decided about CPR is shown to them again. They cannot see such a restriction, because it says what it is about, and so cannot change it as others do. Only what they asked for themself is ended; what a restriction hides from others stays hidden from them. The organisation that registered the person is told by a Task, so that it can offer to talk with them."
* url = "https://keyplan.example/fhir/OperationDefinition/Consent-end-portal-restriction"
* name = "EndPortalRestriction"
* status = #draft
* kind = #operation
* experimental = false
* affectsState = true
* code = #end-portal-restriction
* resource = #Consent
* system = false
* type = true
* instance = false
* parameter[+]
  * name = #ended
  * use = #out
  * min = 0
  * max = "*"
  * documentation = "A restriction that was ended, or that now hides from others alone."
  * type = #Reference
* parameter[+]
  * name = #hidden
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "Whether something is still hidden from the caller, because somebody else asked for it: the organisation that registered them ends that."
  * type = #boolean
