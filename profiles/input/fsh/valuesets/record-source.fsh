ValueSet: RecordSourceVS
Id: record-source
Title: "Source of the record"
Description: "All codes of the code system RecordSourceCodes."
* ^experimental = false
* include codes from system RecordSourceCodes
