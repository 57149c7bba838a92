ValueSet: OverallFocusVS
Id: overall-focus
Title: "Overall focus of emergency care"
Description: "All codes that say: overall focus of emergency care."
* ^experimental = false
* include codes from system OverallFocusCodes
