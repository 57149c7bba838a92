ValueSet: RecordSourceVS
Id: record-source
Title: "Source of the record"
Description: "All codes that say: source of the record."
* ^experimental = false
* include codes from system RecordSourceCodes
