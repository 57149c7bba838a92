CodeSystem: PlanTaskCodes
Id: plan-task
Title: "Task that follows from a plan"
Description: "What must be done by someone because of a plan, of what became of it or of the person, or of where it is shared."
* insert LocalCodeSystem
* #bereavement "Bereavement contact" "The person has died: contact those who were close to them, and tell the services that still expect to visit."
* #review-due "Review of the plan" "The day of the next review has come, or something happened that should trigger one: review the plan with the person, then confirm or replace it."
* #endorsement-due "Endorsement by the senior responsible clinician" "The plan is in force and was signed by someone else: the senior responsible clinician reads it and endorses it, or has it replaced."
* #confirm-transcription "Confirmation of a copy from paper" "The plan was copied from paper: a clinician compares the copy with the paper and confirms it, or has it replaced."
* #resolve-conflict "Resolution of a conflict" "Two statements about the care of the person contradict each other: find out which one holds, and correct the other."
* #sharing-contradiction "Contradictory decisions about sharing" "Decisions about sharing that are in force contradict each other, and until that is settled nothing is shared: ask the person, and make those inactive that do not hold."
* #restriction-review "Review of a portal restriction" "The day has come to look again at what the person wanted hidden at portals: ask them, then make it inactive or give it another day. Until then it goes on."
* #sharing-withdrawal-unacknowledged "Withdrawal not acknowledged" "A system that must no longer hold the summary has not confirmed that it removed it: make sure that nobody acts on its copy."
* #sharing-out-of-step "Copy out of date" "A system has not confirmed that it holds the current summary: make sure that nobody acts on an older copy."
* #parked-delivery "Delivery given up" "What a system should hold cannot be delivered to it any more without help: mend what its last error names, and start the delivery again."
* #recipient-ahead "Recipient ahead of this database" "A system holds later editions than this database knows, so something was lost here: find out what, and do not overwrite what it holds before that."
* #audit-not-sealed "Audit log not sealed" "What was done is recorded, but for a minute it has not been sealed: until it is, a change to it could go unseen. Find out why."
* #audit-contradicted "Audit log of a sender contradicts itself" "A system that sends summaries here has shown an audit log that is not the one which it showed before: it was cut off, or written anew. Keep the evidence, and tell whoever runs it."
* #break-glass-review "Review of break-glass access" "Somebody looked, in an emergency, at a record that they may not see otherwise, and gave a reason: find out whether that was right, and tell the person."
