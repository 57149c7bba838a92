CodeSystem: ProvenanceAgentCodes
Id: provenance-agent
Title: "Part taken in a plan"
Description: "What someone did in making, recording or confirming a plan."
* insert LocalCodeSystem
* #author "Author" "Wrote the plan or a part of it."
* #signer "Signer" "Signed the plan and takes clinical responsibility for its recommendations at the time of signing."
* #transcriber "Transcriber" "Copied the plan from a paper form into this record."
* #reviewer "Reviewer" "Read the plan again and confirmed that it still stands, without changing it."
* #decider "Decision maker" "Decided that the plan ends."
* #recorder "Recorder" "The organisation whose system sent this to the record, and the part which that system plays in care."
