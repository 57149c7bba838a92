CodeSystem: RecordSourceCodes
Id: record-source
Title: "Source of the record"
Description: "Whether a plan was first made in this record or copied into it."
* insert LocalCodeSystem
* #new "New decision" "The plan was made and recorded electronically; this record is the original."
* #transcribed "Transcribed from paper" "The plan was copied from a paper form. The paper form is the original until a clinician has confirmed this record."
