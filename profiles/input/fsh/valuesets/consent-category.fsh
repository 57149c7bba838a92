ValueSet: ConsentCategoryVS
Id: consent-category
Title: "What a Consent records"
Description: "All codes that say: what a Consent records."
* ^experimental = false
* include codes from system ConsentCategoryCodes
