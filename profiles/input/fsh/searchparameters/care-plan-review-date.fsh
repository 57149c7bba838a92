Instance: CarePlan-review-date
InstanceOf: SearchParameter
Usage: #definition
Title: "Review date"
Description: "The day by which a plan in force is to be reviewed. Plans that are not in force, or have no such day, have no value."
* url = "https://keyplan.example/fhir/SearchParameter/CarePlan-review-date"
* name = "ReviewDate"
* status = #draft
* experimental = false
* description = "The day by which a plan in force is to be reviewed. Plans that are not in force, or have no such day, have no value."
* code = #review-date
* base = #CarePlan
* type = #date
* expression = "CarePlan.where(status='active').extension('https://keyplan.example/fhir/StructureDefinition/review-date').value.ofType(date)"
* xpathUsage = #normal
* comparator[+] = #eq
* comparator[+] = #ne
* comparator[+] = #gt
* comparator[+] = #ge
* comparator[+] = #lt
* comparator[+] = #le
* comparator[+] = #sa
* comparator[+] = #eb
* comparator[+] = #ap
