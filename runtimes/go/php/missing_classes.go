package php

import "strings"

// Classes that PHP has by itself, in lower case. The runtime has some of them; a program that asks for one of the others
// stops, since it would go on with "not found" where PHP finds it.
var classesOfPHP = " " +
	"__php_incomplete_class allowdynamicproperties appenditerator argumentcounterror arithmeticerror arrayaccess " +
	"arrayiterator arrayobject assertionerror attribute backedenum badfunctioncallexception badmethodcallexception " +
	"cachingiterator callbackfilteriterator closedgeneratorexception closure collator compileerror countable " +
	"dateinterval dateperiod datetime datetimeimmutable datetimeinterface datetimezone deflatecontext directory " +
	"directoryiterator divisionbyzeroerror domainexception emptyiterator error errorexception exception fiber " +
	"fibererror filesystemiterator filteriterator generator globiterator hashcontext infiniteiterator inflatecontext " +
	"internaliterator intlbreakiterator intlcalendar intlchar intlcodepointbreakiterator intldateformatter " +
	"intldatepatterngenerator intlexception intlgregoriancalendar intliterator intlpartsiterator " +
	"intlrulebasedbreakiterator intltimezone invalidargumentexception iterator iteratoraggregate iteratoriterator " +
	"jsonexception jsonserializable lengthexception libxmlerror limititerator locale logicexception messageformatter " +
	"multipleiterator norewinditerator normalizer numberformatter opensslasymmetrickey opensslcertificate " +
	"opensslcertificatesigningrequest outeriterator outofboundsexception outofrangeexception overflowexception " +
	"parentiterator parseerror php_user_filter rangeexception recursivearrayiterator recursivecachingiterator " +
	"recursivecallbackfilteriterator recursivedirectoryiterator recursivefilteriterator recursiveiterator " +
	"recursiveiteratoriterator recursiveregexiterator recursivetreeiterator reflection reflectionattribute " +
	"reflectionclass reflectionclassconstant reflectionenum reflectionenumbackedcase reflectionenumunitcase " +
	"reflectionexception reflectionextension reflectionfiber reflectionfunction reflectionfunctionabstract " +
	"reflectiongenerator reflectionintersectiontype reflectionmethod reflectionnamedtype reflectionobject " +
	"reflectionparameter reflectionproperty reflectionreference reflectiontype reflectionuniontype " +
	"reflectionzendextension reflector regexiterator resourcebundle returntypewillchange runtimeexception " +
	"seekableiterator sensitiveparameter sensitiveparametervalue serializable sessionhandler sessionhandlerinterface " +
	"sessionidinterface sessionupdatetimestamphandlerinterface sodiumexception spldoublylinkedlist splfileinfo " +
	"splfileobject splfixedarray splheap splmaxheap splminheap splobjectstorage splobserver splpriorityqueue " +
	"splqueue splstack splsubject spltempfileobject spoofchecker stdclass stringable throwable transliterator " +
	"traversable typeerror uconverter underflowexception unexpectedvalueexception unhandledmatcherror unitenum " +
	"valueerror weakmap weakreference "

// methodsOfPHP are those of PHP's own classes that the runtime's lack, in lower case.
var methodsOfPHP = " __debuginfo __serialize __unserialize __wakeup getflags gethash getiteratorclass serialize setflags " +
	"setiteratorclass unserialize "

// stopForTrait stops where a trait that the class uses has what the class was asked for: one that stands in another file
// is not part of the class.
func stopForTrait(c *Class, has func(trait *Class) bool) {
	for at := c; at != nil; at = at.Parent {
		for _, name := range at.more().traits {
			trait := FindClass(name)
			if trait == nil || has(trait) {
				Stop("unknown-trait", "the trait "+name+" is not part of "+at.Name+", which another file has")
			}
			stopForTrait(trait, has)
		}
	}
}

// stopForMethod stops where a trait of c that is not part of it has the method that c does not declare, or may have it:
// where the trait is not known, what c inherits by that name may not be what PHP calls.
func stopForMethod(c *Class, name string) {
	d := c.more()
	if d.whole = c.hasAllOf(d.traits); d.whole {
		return
	}
	for _, one := range d.traits {
		trait := loadClass(one)
		if trait != nil {
			if m := trait.findMethod(name); m == nil || m.Func == nil {
				continue
			}
		} else if c.Parent == nil || c.Parent.findMethod(name) == nil {
			continue
		}
		Stop("unknown-trait", "the trait "+one+" is not part of "+c.Name+", which another file has")
	}
}

// hasAllOf says whether the class declares all methods of the traits, which are known.
func (c *Class) hasAllOf(traits []string) bool {
	for _, name := range traits {
		trait := loadClass(name)
		if trait == nil || !c.hasAllOf(trait.more().traits) {
			return false
		}
		for _, m := range trait.Methods {
			if m.Func != nil && c.method(m.Name) == nil {
				return false
			}
		}
	}
	return true
}

// stopForProperties stops where objects of c would lack properties of such a trait.
func stopForProperties(c *Class) {
	for at := c; at.said() != nil; at = at.Parent {
		for _, name := range at.said().traits {
			trait := FindClass(name)
			if trait.said() == nil {
				continue
			}
			for _, p := range trait.said().properties {
				if p.flags&Static == 0 && !at.declares(p.name) {
					Stop("unknown-trait", "the trait "+name+" is not part of "+at.Name+", which another file has")
				}
			}
		}
	}
}

// declares says whether the class itself has a property of the name that objects have.
func (c *Class) declares(name string) bool {
	for _, p := range c.more().properties {
		if p.name == name && p.flags&Static == 0 {
			return true
		}
	}
	return false
}

// stopForProperty does so for a property.
func stopForProperty(c *Class, name string) {
	stopForTrait(c, func(trait *Class) bool {
		for _, one := range trait.more().properties {
			if one.name == name {
				return true
			}
		}
		return trait.findMethod("__get") != nil || trait.findMethod("__set") != nil
	})
}

// noMethod throws what PHP throws for a method that is not there.
func noMethod(c *Class, name string) {
	for at := c; at != nil; at = at.Parent {
		if !at.isUsers() && strings.Contains(methodsOfPHP, " "+strings.ToLower(name)+" ") {
			Stop("builtin-missing", "the method "+at.Name+"::"+name+" is not part of this runtime")
		}
	}
	stopForTrait(c, func(trait *Class) bool {
		return trait.findMethod(name) != nil || trait.findMethod("__call") != nil || trait.findMethod("__callStatic") != nil
	})
	ThrowError("Call to undefined method " + c.Name + "::" + name + "()")
}

// classNotFound throws what PHP throws for a class that is not there, whose name ends for a message at a zero byte.
func classNotFound(name string) {
	name, _, _ = strings.Cut(name, "\x00")
	ThrowError("Class \"" + name + "\" not found")
}

// stopIfPHPHas stops the program where it asks for a class that PHP has by itself.
func stopIfPHPHas(name string) {
	name = strings.TrimPrefix(name, "\\")
	if name != "" && strings.Contains(classesOfPHP, " "+strings.ToLower(name)+" ") {
		Stop("class-missing", "the class "+name+" is not part of this runtime")
	}
}
