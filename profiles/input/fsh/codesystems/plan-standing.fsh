CodeSystem: PlanStandingCodes
Id: plan-standing
Title: "Standing of a plan"
Description: "Whether a plan that somebody has on paper or in a copy may be acted on."
* insert LocalCodeSystem
* #current "Current" "This plan, as it was printed, is in force."
* #superseded "Superseded" "A newer plan has taken its place. It must not be acted on."
* #revoked "Revoked" "It was withdrawn or has ended, and no newer plan took its place at that moment. It must not be acted on."
* #draft "Draft" "It has not been signed off and is not in force. It must not be acted on."
* #unknown "Unknown" "No such plan is known here, or what was printed is not what the plan says. Nothing follows from that about what the person wants."
