CodeSystem: PlanActCodes
Id: plan-act
Title: "Act on a plan"
Description: "What was done to a plan: the activity of its Provenances."
* insert LocalCodeSystem
* #submit "Submitted" "The plan was sent with everything that it is made of, kept the rules, and came into force."
* #draft "Kept as a draft" "The plan was sent with everything that it is made of, and kept without coming into force."
* #sign "Signed" "A clinician signed the draft, and it came into force."
* #endorse "Endorsed" "The senior responsible clinician signed the plan that was in force already."
* #confirm-review "Review confirmed" "The plan was read again and still stands, word for word."
* #supersede "Replaced" "Another plan of the same type took the place of this one."
* #revoke "Withdrawn" "The plan was ended, and nothing took its place."
* #complete "Completed after death" "The person died, and the plan was closed."
