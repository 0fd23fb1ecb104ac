// Package schema is what Ent generates its client from: the user centre's table of users.
package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
)

type User struct {
	ent.Schema
}

func (User) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("id"),
		field.String("name"),
		field.String("email").Unique(),
		field.String("roles"),
		field.Int64("score"),
		field.Int64("active"),
		field.String("settings"),
		field.String("created_at"),
		field.String("updated_at"),
		field.String("last_login").Optional().Nillable(),
	}
}
