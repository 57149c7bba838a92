CodeSystem: PlanObservationCodes
Id: plan-observation
Title: "Observations without an agreed national code"
Description: "What an observation of a plan is about, where no public United Kingdom guide binds a code."
* insert LocalCodeSystem
* #preferred-place-of-care "Preferred place of care" "Where the person would most like to be cared for."
* #decision-capacity "Capacity to take part in emergency care planning" "Whether the person has the mental capacity to take part in making the recommendations of an emergency care plan."
