ValueSet: PrognosisVS
Id: prognosis
Title: "Prognosis"
Description: "How long a person is expected to live, by the stages of the Gold Standards Framework. Another judgement is written in words."
* ^experimental = false
* ^copyright = "SNOMED CT codes are © SNOMED International and used under its licence."
* $sct#845701000000104 "Gold Standards Framework prognostic indicator stage A (blue) - year plus prognosis"
* $sct#845701000000104 insert Meaning([[The person is expected to live for a year or more.]])
* $sct#845721000000108 "Gold Standards Framework prognostic indicator stage B (green) - months prognosis"
* $sct#845721000000108 insert Meaning([[The person is expected to live for months.]])
* $sct#845751000000103 "Gold Standards Framework prognostic indicator stage C (yellow) - weeks prognosis"
* $sct#845751000000103 insert Meaning([[The person is expected to live for weeks.]])
* $sct#845771000000107 "Gold Standards Framework prognostic indicator stage D (red) - days prognosis"
* $sct#845771000000107 insert Meaning([[The person is expected to live for days.]])
