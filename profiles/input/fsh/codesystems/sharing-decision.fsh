CodeSystem: SharingDecisionCodes
Id: sharing-decision
Title: "Decision about sharing"
Description: "What the person has said about sharing their plan. The answers are kept apart: not having been asked is neither agreement nor objection."
* insert LocalCodeSystem
* #no-objection "No objection" "The person knows that the plan is shared for their direct care and does not object."
* #objection "Objection" "The person objects to sharing. The plan is withheld as far as the law of the nation allows."
* #explicit-consent "Explicit consent" "The person has expressly agreed to sharing."
* #not-asked "Not asked" "Nobody has asked the person yet, or it could not be asked."
* #withdrawn "Consent withdrawn" "The person had agreed to sharing and has taken that back."
