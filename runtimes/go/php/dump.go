package php

import (
	"strconv"
	"strings"
)

// Values as text for people: var_dump(), var_export() and print_r(), after
// https://www.php.net/manual/en/book.var.php.

// VarDump is var_dump().
func VarDump(value Value, values ...Value) {
	defer showing(append([]Value{value}, values...)...)()
	Echo(dumpText(value))
	for _, v := range values {
		Echo(dumpText(v))
	}
}

func dumpText(v Value) string {
	defer showing(v)()
	d := &dumper{seen: map[*store]bool{}}
	d.dump(v, 0)
	return d.String()
}

type dumper struct {
	strings.Builder
	seen map[*store]bool // arrays being printed, for those that hold themselves by reference
}

func (d *dumper) line(depth int, text string) {
	d.WriteString(strings.Repeat("  ", depth))
	d.WriteString(text)
	d.WriteByte('\n')
}

func (d *dumper) dump(v Value, depth int) {
	prefix := ""
	if r, ok := v.(*Ref); ok {
		v = r.V
		if depth > 0 && !r.alone() {
			prefix = "&"
		}
	}
	switch v := v.(type) {
	case nil:
		d.line(depth, prefix+"NULL")
	case bool:
		d.line(depth, prefix+"bool("+strconv.FormatBool(v)+")")
	case int:
		d.line(depth, prefix+"int("+strconv.Itoa(v)+")")
	case float64:
		d.line(depth, prefix+"float("+FloatRepr(v)+")")
	case string:
		d.line(depth, prefix+"string("+strconv.Itoa(len(v))+") \""+v+"\"")
	case *Array:
		d.dumpArray(v, depth, prefix)
	case *Resource:
		d.line(depth, prefix+"resource("+strconv.Itoa(v.ID)+") of type ("+v.kind()+")")
	case Uninitialized:
		d.line(depth, prefix+"uninitialized("+v.Type+")")
	case Object:
		d.dumpObject(v, depth, prefix)
	}
}

func (d *dumper) dumpArray(a *Array, depth int, prefix string) {
	if d.seen[a.store] {
		d.line(depth, "*RECURSION*")
		return
	}
	d.seen[a.store] = true
	d.line(depth, prefix+"array("+strconv.Itoa(a.Len())+") {")
	a.eachRaw(func(k Key, v Value) {
		if k.IsStr {
			d.line(depth+1, "[\""+k.Str+"\"]=>")
		} else {
			d.line(depth+1, "["+strconv.Itoa(k.Int)+"]=>")
		}
		d.dump(v, depth+1)
	})
	d.line(depth, "}")
	delete(d.seen, a.store)
}

// shownParts is what there is to see of a closure: the function it is of, what it captured, its object, its parameters.
func (c *Closure) shownParts() *Array {
	if c.hasStatics {
		Stop("closure-clone", "a closure with static variables is shown")
	}
	a := NewArray()
	if !strings.HasSuffix(c.Name, "{closure}") {
		a.SetStr("function", c.Name)
	}
	if c.using != nil && c.using.Len() > 0 {
		a.SetStr("static", c.using)
	}
	if c.This != nil {
		a.SetStr("this", c.This)
	}
	if len(c.Names) > 0 {
		parameters := NewArray()
		for i, name := range c.Names {
			if c.WantsRef(i) {
				name = "&$" + name
			} else {
				name = "$" + name
			}
			need := "<required>"
			if i >= c.Required {
				need = "<optional>"
			}
			parameters.SetStr(name, need)
		}
		a.SetStr("parameter", parameters)
	}
	return a
}

// debugInfo is an object with __debugInfo.
type debugInfo interface{ MagicDebugInfo() *Array }

// unmangled is an element of what __debugInfo() gives: its key may say, as those of (array) do, what a property it is.
func unmangled(k Key, v Value) Property {
	name := k.String()
	made := Property{Name: name, Visibility: "public", Value: v, number: !k.IsStr}
	if end := strings.LastIndexByte(name, 0); end > 0 && name[0] == 0 {
		made.Name, made.Visibility, made.Declarer = name[end+1:], "private", name[1:end]
		if made.Declarer == "*" {
			made.Visibility = "protected"
		}
	}
	return made
}

func debugProperties(o Object) []Property {
	shown := (*Array)(nil)
	if c, ok := o.(*Closure); ok {
		shown = c.shownParts()
	} else if m := ClassOf(o).findMethod("__debugInfo"); m != nil && m.Func != nil {
		switch given := Deref(m.bound(o, ClassOf(o)).Call()).(type) {
		case *Array:
			shown = given
		case nil:
			shown = NewArray()
		default:
			fatal("__debuginfo() must return an array")
		}
	} else if m, ok := o.(debugInfo); ok {
		shown = m.MagicDebugInfo()
	}
	if shown != nil {
		var all []Property
		shown.eachRaw(func(k Key, v Value) {
			all = append(all, unmangled(k, v))
		})
		return all
	}
	return shownProperties(o)
}

func (d *dumper) dumpObject(o Object, depth int, prefix string) {
	base := o.PHPBase()
	if base.class.Enum {
		d.line(depth, prefix+"enum("+base.class.Name+"::"+enumCase(o)+")")
		return
	}
	if base.busy {
		d.line(depth, "*RECURSION*")
		return
	}
	base.busy = true
	defer func() { base.busy = false }()
	all := debugProperties(o)
	count := 0
	for _, p := range all {
		if _, ok := p.Value.(Uninitialized); !ok {
			count++
		}
	}
	sureOfNumber(o)
	if e, ok := o.(Throwable); ok {
		e.thrown().sureOfTrace()
	}
	class, _, _ := strings.Cut(base.class.Name, "\x00")
	d.line(depth, prefix+"object("+class+")#"+strconv.Itoa(base.id)+" ("+strconv.Itoa(count)+") {")
	for _, p := range all {
		name := "\"" + p.Name + "\""
		if n, ok := decimalKey(p.Name); ok && p.number {
			name = strconv.Itoa(n)
		}
		d.line(depth+1, "["+name+p.dumpMark()+"]=>")
		d.dump(p.Value, depth+1)
	}
	d.line(depth, "}")
}

func (p Property) dumpMark() string {
	switch p.Visibility {
	case "protected":
		return ":protected"
	case "private":
		return ":\"" + p.shownDeclarer() + "\":private"
	}
	return ""
}

// enumCase is the name of an enum's case.
func enumCase(o Object) string {
	name, _ := LookupProperty(o, "name")
	return ToString(name)
}

// PrintR is print_r(): prints, or gives the text where asked to.
func PrintR(v Value, give bool) Value {
	var b strings.Builder
	printR(&b, Deref(v), 0, map[*store]bool{})
	if give {
		return b.String()
	}
	Echo(b.String())
	return true
}

func printR(b *strings.Builder, v Value, indent int, seen map[*store]bool) {
	switch v := v.(type) {
	case *Array:
		if seen[v.store] {
			b.WriteString("Array\n *RECURSION*")
			return
		}
		seen[v.store] = true
		b.WriteString("Array\n")
		printRBody(b, indent, func(item func(string, Value)) {
			v.eachRaw(func(k Key, v Value) { item(k.String(), v) })
		}, seen)
		delete(seen, v.store)
	case Object:
		printRObject(b, v, indent, seen)
	default:
		b.WriteString(ToString(v))
	}
}

func printRObject(b *strings.Builder, o Object, indent int, seen map[*store]bool) {
	base := o.PHPBase()
	if e, ok := o.(Throwable); ok {
		e.thrown().sureOfTrace()
	}
	name, _, _ := strings.Cut(base.class.Name, "\x00")
	b.WriteString(name)
	if base.class.Enum {
		b.WriteString(" Enum")
		if base.class.Is("BackedEnum") {
			backing, _ := LookupProperty(o, "value")
			b.WriteString(":" + TypeName(backing))
		}
		b.WriteString("\n")
	} else {
		b.WriteString(" Object\n")
	}
	if base.busy {
		b.WriteString(" *RECURSION*")
		return
	}
	base.busy = true
	defer func() { base.busy = false }()
	printRBody(b, indent, func(item func(string, Value)) {
		for _, p := range debugProperties(o) {
			if _, ok := p.Value.(Uninitialized); ok {
				continue
			}
			mark := ""
			switch p.Visibility {
			case "protected":
				mark = ":protected"
			case "private":
				mark = ":" + p.shownDeclarer() + ":private"
			}
			item(p.Name+mark, p.Value)
		}
	}, seen)
}

func printRBody(b *strings.Builder, indent int, each func(item func(string, Value)), seen map[*store]bool) {
	pad := strings.Repeat(" ", indent)
	b.WriteString(pad + "(\n")
	each(func(name string, v Value) {
		b.WriteString(pad + "    [" + name + "] => ")
		printR(b, Deref(v), indent+8, seen)
		b.WriteString("\n")
	})
	b.WriteString(pad + ")\n")
}

// VarExport is var_export(): prints, or gives the text where asked to.
func VarExport(v Value, give bool) Value {
	text := VarExportString(v)
	if give {
		return text
	}
	Echo(text)
	return nil
}

// VarExportString is the text of var_export().
func VarExportString(v Value) string {
	var b strings.Builder
	exportValue(&b, Deref(v), 0)
	return b.String()
}

func exportValue(b *strings.Builder, v Value, depth int) {
	switch v := v.(type) {
	case nil:
		b.WriteString("NULL")
	case bool:
		b.WriteString(strconv.FormatBool(v))
	case int:
		if v == minInt {
			b.WriteString("-9223372036854775807-1")
			return
		}
		b.WriteString(strconv.Itoa(v))
	case float64:
		b.WriteString(exportFloat(v))
	case string:
		b.WriteString(exportString(v))
	case *Array:
		exportArray(b, v, depth)
	case Object:
		exportObject(b, v, depth)
	default:
		b.WriteString("NULL")
	}
}

func exportFloat(f float64) string {
	text := FloatRepr(f)
	if strings.ContainsAny(text, ".EN") {
		return text
	}
	return text + ".0"
}

func exportString(s string) string {
	s = strings.NewReplacer("\\", "\\\\", "'", "\\'").Replace(s)
	return "'" + strings.ReplaceAll(s, "\x00", "' . \"\\0\" . '") + "'"
}

func exportArray(b *strings.Builder, a *Array, depth int) {
	pad := strings.Repeat("  ", depth)
	if depth > 0 {
		b.WriteString("\n" + pad)
	}
	b.WriteString("array (\n")
	a.eachRaw(func(k Key, v Value) {
		if k.IsStr {
			b.WriteString(pad + "  " + exportString(k.Str) + " => ")
		} else {
			b.WriteString(pad + "  " + strconv.Itoa(k.Int) + " => ")
		}
		exportValue(b, Deref(v), depth+1)
		b.WriteString(",\n")
	})
	b.WriteString(pad + ")")
}

func exportObject(b *strings.Builder, o Object, depth int) {
	base := o.PHPBase()
	pad := strings.Repeat("  ", depth)
	if base.busy {
		Warning("var_export does not handle circular references")
		b.WriteString("NULL")
		return
	}
	switch o.(type) {
	case openObject:
	case PropertySource, interface{ ToPHPArray() *Array }:
		Stop("export-object", "var_export() of an object of class "+base.class.Name+" is not converted")
	}
	base.busy = true
	defer func() { base.busy = false }()
	if depth > 0 {
		b.WriteString("\n" + pad)
	}
	open, end := "\\"+base.class.Name+"::__set_state(array(\n", "))"
	switch {
	case base.class.Enum:
		b.WriteString("\\" + base.class.Name + "::" + enumCase(o))
		return
	case base.class == stdClass:
		open, end = "(object) array(\n", ")"
	}
	b.WriteString(open)
	for _, p := range openProperties(o) {
		b.WriteString(pad + "   " + exportString(p.Name) + " => ")
		exportValue(b, Deref(p.Value), depth+1)
		b.WriteString(",\n")
	}
	b.WriteString(pad + end)
}

// shownDeclarer is the class of a private property; what follows the NUL in the name of one without a name is not shown.
func (p Property) shownDeclarer() string {
	name, _, _ := strings.Cut(p.Declarer, "\x00")
	return name
}
