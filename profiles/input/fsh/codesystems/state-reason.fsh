CodeSystem: StateReasonCodes
Id: state-reason
Title: "Reason why a plan ended"
Description: "Why a plan is no longer in force."
* insert LocalCodeSystem
* #superseded "Replaced by a newer plan" "A newer plan of the same kind took the place of this one."
* #withdrawn "Withdrawn" "The person, or a clinician with them, withdrew the plan and no other plan took its place."
* #person-died "Person has died" "The plan was closed because the person has died."
* #entered-in-error "Entered in error" "The plan should never have been recorded, for example because it was recorded for the wrong person. It must not be acted on."
