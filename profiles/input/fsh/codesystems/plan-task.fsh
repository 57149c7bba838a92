CodeSystem: PlanTaskCodes
Id: plan-task
Title: "Task that follows from a plan"
Description: "What must be done by someone because of what became of a plan or of the person."
* insert LocalCodeSystem
* #bereavement "Bereavement contact" "The person has died: contact those who were close to them, and tell the services that still expect to visit."
