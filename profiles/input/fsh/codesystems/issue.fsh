CodeSystem: IssueCodes
Id: issue
Title: "Findings of the service"
Description: "Stable keys of the findings that KeyPlan reports in an OperationOutcome, so that programs can tell them apart. The rules of an emergency care plan stand here; the keys of other findings are named where they are reported."
* insert LocalCodeSystem
* ^content = #fragment
* #RSP-1 "One CPR recommendation" "A complete plan has exactly one recommendation about cardiopulmonary resuscitation."
* #RSP-2 "One overall focus" "A complete plan has exactly one overall focus."
* #RSP-3 "Modified CPR is for children" "Modified cardiopulmonary resuscitation is recommended only for a child, by the age limit of the jurisdiction on the day of the decision, and says in words what is modified."
* #RSP-4 "Codes agree" "The recommendation and what is permitted or denied for the same intervention say the same."
* #RSP-5 "Involvement stated" "The plan says how the person was involved: A, B, C1, C2, C3 or D with its reason."
* #RSP-6 "Involvement fits capacity" "Involvement A is stated only with capacity, involvement B only without."
* #RSP-7 "Involvement fits age" "Involvement C1, C2 and C3 are stated only below the age limit of the jurisdiction."
* #RSP-8 "Parental involvement" "Where C1 or C2 is stated without C3, the reason is written down."
* #RSP-9 "Lack of capacity explained" "Where the person lacks capacity, the plan says in what way, and who was consulted or why nobody was."
* #RSP-10 "Signed" "A complete plan is signed by at least one clinician, with registration number and time."
* #RSP-11 "What matters stated" "What the person values and fears is recorded, or why it is not."
* #RSP-12 "Discussion recorded" "Where cardiopulmonary resuscitation is not recommended, the plan says with whom that was discussed, or why with nobody."
* #RSP-13 "Words fit codes" "Written guidance does not contradict the coded recommendations."
* #RSP-14 "One active plan of a kind" "A person has at most one active plan of each kind; a new one replaces it."
* #RSP-15 "Confirmation changes nothing" "Confirming a review does not change what the plan says; a change is a new plan."
* #RSP-16 "Proxy can be reached" "A legal proxy who is named has contact details and powers."
