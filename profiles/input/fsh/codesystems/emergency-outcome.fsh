CodeSystem: EmergencyOutcomeCodes
Id: emergency-outcome
Title: "Outcome of an emergency enquiry"
Description: "The answer to the question whether there is a plan to follow. The outcomes are never mixed up: a failure is not an absence, and an absence is not a recommendation."
* insert LocalCodeSystem
* #current-plan "Current plan" "There is a plan in force; it follows."
* #no-plan "No plan recorded" "The person is known and no plan is in force. This says nothing about what they would want."
* #withheld "Withheld" "A decision about sharing is recorded and the plan, if there is one, is not shown to this reader."
* #not-found "Person not found" "No person with these details is known here. A plan may exist elsewhere."
* #ambiguous "More than one person could be meant" "The details fit more than one person. Nothing is shown, since it might be about someone else."
* #unavailable "Cannot be answered now" "The enquiry could not be answered. A plan may exist; use another source."
