CodeSystem: SummaryStateCodes
Id: summary-state
Title: "State of a shared summary"
Description: "Whether a shared summary may be relied on."
* insert LocalCodeSystem
* #current "Current" "The summary describes the plans in force when it was made."
* #withdrawn "Withdrawn" "There is no longer a summary to act on: the plan has ended, or sharing was withdrawn. Earlier copies must not be used."
