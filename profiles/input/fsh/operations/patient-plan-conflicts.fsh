Instance: Patient-plan-conflicts
InstanceOf: OperationDefinition
Usage: #definition
Title: "Conflicts in what is in force"
Description: "What in force for a person contradicts something else in force: of which type the conflict is, and which side prevails until people have settled it. A legal refusal prevails over a clinical recommendation, that over a preference. What the law leaves to judgement, and what is a slip of one side or the other, is undetermined."
* url = "https://keyplan.example/fhir/OperationDefinition/Patient-plan-conflicts"
* name = "PlanConflicts"
* status = #draft
* kind = #operation
* experimental = false
* affectsState = false
* code = #plan-conflicts
* resource = #Patient
* system = false
* type = false
* instance = true
* parameter[+]
  * name = #asOf
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "The moment for which it is said."
  * type = #instant
* parameter[+]
  * name = #conflict
  * use = #out
  * min = 0
  * max = "*"
  * documentation = "One conflict."
  * part[+]
    * name = #type
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "refusal-and-recommendation: refused in advance, and recommended. recommendation-and-preference: another place is preferred than that where the recommendation leads. words-and-codes: words of the plan say the opposite of a code. refusal-and-later-proxy: a power of attorney after a refusal, which may have ended it. sharing-decisions: decisions about sharing that differ. statement-and-recommendation: a Flag or an Observation that some system stored beside the plan says otherwise about CPR than the plan; they are looked for where the caller's scopes let it read and search both types."
    * type = #code
  * part[+]
    * name = #prevails
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "advance-refusal (if it is valid and applies), recommendation, withholding (nothing is shared), or undetermined: neither is to be followed without asking."
    * type = #code
  * part[+]
    * name = #about
    * use = #out
    * min = 0
    * max = "*"
    * documentation = "The treatment that the conflict is about, by the name that KeyPlan gives it."
    * type = #code
  * part[+]
    * name = #between
    * use = #out
    * min = 1
    * max = "*"
    * documentation = "What contradicts each other; that which prevails first."
    * type = #Reference
  * part[+]
    * name = #display
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "The conflict in words, and what is to be done."
    * type = #string
* parameter[+]
  * name = #message
  * use = #out
  * min = 0
  * max = "1"
  * documentation = "Where no conflict was found: that this does not say that there is none."
  * type = #string
