Instance: CarePlan-confirm-review
InstanceOf: OperationDefinition
Usage: #definition
Title: "Confirm a review"
Description: "Records that a clinician read the plan again and that it still stands (ReSPECT section 9). Nothing in the plan changes but the date of the next review. Needs If-Match: a confirmation is for the version that was read."
* url = "https://keyplan.example/fhir/OperationDefinition/CarePlan-confirm-review"
* name = "ConfirmReview"
* status = #draft
* kind = #operation
* experimental = false
* affectsState = true
* code = #confirm-review
* resource = #CarePlan
* system = false
* type = false
* instance = true
* parameter[+]
  * name = #who
  * use = #in
  * min = 1
  * max = "1"
  * documentation = "The clinician: identifier with the system and number of a professional registration (GMC, NMC, HCPC, GPhC), and display with the name."
  * type = #Reference
* parameter[+]
  * name = #role
  * use = #in
  * min = 1
  * max = "1"
  * documentation = "Grade or speciality, in words."
  * type = #string
* parameter[+]
  * name = #seniorResponsible
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "True for the senior responsible clinician."
  * type = #boolean
* parameter[+]
  * name = #when
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "When the plan was reviewed. Now, if absent."
  * type = #instant
* parameter[+]
  * name = #nextReview
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "When it is to be reviewed next. As it was, if absent."
  * type = #date
* parameter[+]
  * name = #signature
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "The clinician's own signature, if they made one: a detached compact JWS over the canonical plan with the public key as jwk in its header (docs/signatures.md)."
  * type = #string
* parameter[+]
  * name = #return
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "The plan as it now is."
  * type = #CarePlan
